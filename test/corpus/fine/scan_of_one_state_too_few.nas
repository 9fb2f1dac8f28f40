nas 1

space recurrent(units = 16) {
  input x: sequence[8, 4]
  output x |> scan(step(units), units) |> dense(10)
}
motif step(x, h, c; units) {
  let y = concat([x, h, c]) |> dense(units) |> choose act {tanh, relu}
  (y, c + y)
}
