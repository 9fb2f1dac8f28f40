nas 1
// A stage bound by a let has one set of weights.

space siamese {
  input x: image[8, 8, 1]
  let encode = conv(16, 3)
  let a = x |> encode
  let b = a |> encode
  output b |> classifier(10)
}
