nas 1
// A condition joined with a number.

space costs {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
  require params <= 1k and macs
}
