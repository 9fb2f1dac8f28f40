nas 1

space grouped {
  input x: image[16, 16, 3]
  output x |> conv(18, 3, groups: choose {1, 3}) |> classifier(10)
}
