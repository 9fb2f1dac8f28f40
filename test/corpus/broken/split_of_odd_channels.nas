nas 1
// 15 channels cannot be split in two.

space halves {
  input x: image[8, 8, 1]
  let y = x |> conv(choose w {15, 16}, 3)
  output concat([part |> relu for part in split(y, 2)]) |> classifier(10)
}
