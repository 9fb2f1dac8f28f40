nas 1

space kernels {
  input x: image[8, 8, 1]
  output x |> conv(8, 1) |> choose { skip: identity, conv: conv(8, k: choose {3, 5}) } |> classifier(10)
}
