nas 1
// The tensor is piped in, and given again as the width.

space kinds {
  input x: image[8, 8, 1]
  let y = x |> conv(8, 3)
  output y |> conv(y, 3) |> classifier(10)
}
