nas 1
// Two states come in, one goes out.

space recurrent(units = 16) {
  input x: sequence[8, 4]
  output x |> scan(step(units), units) |> dense(10)
}
motif step(x, h, c; units) = concat([x, h, c]) |> dense(units) |> choose act {tanh, relu}
