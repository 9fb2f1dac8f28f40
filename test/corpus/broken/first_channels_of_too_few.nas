nas 1
// The narrow alternative has less channels than are taken.

space slices {
  input x: image[8, 8, 1]
  let y = x |> conv(choose w {8, 16, 24}, 3)
  output y |> first_channels(12) |> classifier(10)
}
