nas 1

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(16, 3, 2, padding: valid) |> classifier(10)
}
