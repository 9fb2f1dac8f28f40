nas 1

space kinds {
  input x: image[8, 8, 1]
  let y = x |> conv(8, 3)
  output y |> conv(channels(y), 3) |> classifier(10)
}
