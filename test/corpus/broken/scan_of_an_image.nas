nas 1
// There is no time in an image.

space recurrent(units = 16) {
  input x: image[8, 8, 1]
  output x |> scan(step(units), units) |> flatten |> dense(10)
}
motif step(x, h; units) = concat([x, h]) |> dense(units)
