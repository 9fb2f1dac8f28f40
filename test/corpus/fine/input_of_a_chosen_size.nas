nas 1

space inputs(size = 16) {
  input x: image[size, size, 3]
  output x |> max_pool(choose {1, 2}, 2) |> conv(8, 3) |> classifier(10)
}
