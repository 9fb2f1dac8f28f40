nas 1
// The input has three channels.

space grouped {
  input x: image[16, 16, 3]
  output x |> conv(16, 3, groups: choose {1, 2}) |> classifier(10)
}
