nas 1
// The state that is returned is not as wide as the one that is kept.

space recurrent(units = 16) {
  input x: sequence[8, 4]
  output x |> scan(step(units), units) |> dense(10)
}
motif step(x, h; units) = concat([x, h]) |> dense(2 * units) |> choose act {tanh, relu}
