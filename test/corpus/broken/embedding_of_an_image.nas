nas 1
// An image has no vocabulary.

space words {
  input x: image[8, 8, 1]
  output x |> embedding(100, 16) |> dense(10)
}
