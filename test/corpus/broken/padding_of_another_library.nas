nas 1
// Padding is a word or a pair.

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(8, 3, padding: "full") |> classifier(10)
}
