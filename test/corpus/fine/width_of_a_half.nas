nas 1

space multipliers(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c * choose multiplier {0.75, 1}, 3) |> classifier(10)
}
