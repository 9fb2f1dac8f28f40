nas 1
// The tensor may be missing.

space sizes(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, 3) |> choose layer { none, conv: conv(2 * c, 3) }
  let z = x |> conv(channels(y), 1)
  output add([y, z]) |> classifier(10)
}
