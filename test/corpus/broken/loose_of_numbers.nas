nas 1
// Numbers are read by nobody.

space loosened {
  input x: image[8, 8, 1]
  let widths = [8, 16]
  output concat(loose(widths)) |> classifier(10)
}
