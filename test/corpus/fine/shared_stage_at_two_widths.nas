nas 1

space siamese {
  input x: image[8, 8, 1]
  let encode = conv(16, 3)
  let a = x |> encode
  let b = x |> max_pool(3) |> encode
  output a + b |> classifier(10)
}
