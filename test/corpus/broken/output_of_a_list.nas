nas 1
// The branches were not joined.

space lists {
  input x: image[8, 8, 1]
  output [x |> conv(8, k) |> classifier(10) for k in [1, 3]]
}
