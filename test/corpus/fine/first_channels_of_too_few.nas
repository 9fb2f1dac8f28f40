nas 1

space slices {
  input x: image[8, 8, 1]
  let y = x |> conv(choose w {8, 16, 24}, 3)
  output y |> first_channels(min(12, channels(y))) |> classifier(10)
}
