nas 1
// One multiplier leaves less than a channel.

space multipliers(c = 2) {
  input x: image[8, 8, 1]
  let multiplier = choose {0.25, 0.5, 1}
  output x |> conv(floor(c * multiplier), 3) |> classifier(10)
}
