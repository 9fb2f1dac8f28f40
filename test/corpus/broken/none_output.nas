nas 1
// A skipped layer that nothing falls back on.

space skipping(c = 8) {
  input x: image[16, 16, 3]
  let y = x |> conv(c, 3) |> choose layer { conv: conv(c, 3), none }
  output y |> classifier(10)
}
