nas 1

space recurrent(units = 16) {
  input x: sequence[8, 8]
  output x |> scan(step(units), units) |> flatten |> dense(10)
}
motif step(x, h; units) = concat([x, h]) |> dense(units)
