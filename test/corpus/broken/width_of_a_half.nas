nas 1
// A width that is no whole number under one answer.

space multipliers(c = 2) {
  input x: image[8, 8, 1]
  output x |> conv(c * choose multiplier {0.75, 1}, 3) |> classifier(10)
}
