nas 1

space halves {
  input x: image[8, 8, 1]
  let y = x |> conv(choose w {14, 16}, 3)
  output concat([part |> relu for part in split(y, 2)]) |> classifier(10)
}
