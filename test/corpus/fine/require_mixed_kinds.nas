nas 1

space costs {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
  require params <= 1k and macs <= 1M
}
