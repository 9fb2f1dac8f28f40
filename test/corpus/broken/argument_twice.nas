nas 1
// The stride is given by place and by name.

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(16, 3, 2, stride: 1) |> classifier(10)
}
