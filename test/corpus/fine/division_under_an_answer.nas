nas 1

space bottleneck {
  input x: image[8, 8, 1]
  let width = choose {16, 24, 30}
  output x |> conv(floor(width / 4), 1) |> conv(width, 3) |> classifier(10)
}
