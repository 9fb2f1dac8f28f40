nas 1

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(8, 3) |> leaky_relu(0.1) |> classifier(10)
}
