nas 1

space arguments {
  input x: image[8, 8, 1]
  output x |> sep_conv(16, 3) |> classifier(10)
}
