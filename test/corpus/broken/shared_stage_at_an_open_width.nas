nas 1
// The second use meets a width that is open.

space siamese {
  input x: image[8, 8, 1]
  let f = conv(16, 3)
  let a = x |> conv(16, 1) |> f
  let b = x |> conv(choose {16, 32}, 1) |> f
  output a + b |> classifier(10)
}
