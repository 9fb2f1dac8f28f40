nas 1

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(8, 3, padding: (2, 2)) |> classifier(10)
}
