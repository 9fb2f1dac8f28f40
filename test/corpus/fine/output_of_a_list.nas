nas 1

space lists {
  input x: image[8, 8, 1]
  output mean([x |> conv(8, k) |> classifier(10) for k in [1, 3]])
}
