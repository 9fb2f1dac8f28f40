nas 1

space siamese {
  input x: image[8, 8, 1]
  let f = conv(16, 3)
  let w = choose {16, 32}
  let a = x |> conv(w, 1) |> f
  let b = x |> conv(w, 1) |> f
  output a + b |> classifier(10)
}
