nas 1

space skipping(c = 8) {
  input x: image[16, 16, 3]
  let stem = x |> conv(c, 3)
  let y = stem |> choose layer { conv: conv(c, 3), none }
  output (y or stem) |> classifier(10)
}
