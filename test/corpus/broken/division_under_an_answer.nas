nas 1
// A bottleneck of a quarter of the width.

space bottleneck {
  input x: image[8, 8, 1]
  let width = choose {16, 24, 30}
  output x |> conv(width / 4, 1) |> conv(width, 3) |> classifier(10)
}
