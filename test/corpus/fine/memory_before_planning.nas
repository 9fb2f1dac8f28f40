nas 1

space memory {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
  require depth <= 3 and params <= 1M
}
