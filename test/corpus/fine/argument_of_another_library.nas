nas 1

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(16, k: 3, stride: 2) |> classifier(10)
}
