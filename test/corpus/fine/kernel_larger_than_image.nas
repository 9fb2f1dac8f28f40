nas 1

space kernels {
  input x: image[16, 16, 1]
  let y = x |> conv(8, 3, stride: 2) |> conv(8, 3, stride: choose s {1, 2})
  output y |> conv(8, k: choose k {3, 5 when height(y) > 4, 7 when height(y) > 4}, padding: valid) |> classifier(10)
}
