nas 1
// A network with a scan cannot be built yet, so nobody knows what memory it needs.

space memory(units = 16) {
  input x: sequence[8, 4]
  output x |> scan(step(units), units) |> dense(10)
  require peak_memory <= 1M
}
motif step(x, h; units) = concat([x, h]) |> dense(units) |> choose act {tanh, relu}
