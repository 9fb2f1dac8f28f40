nas 1
// There is no such move.

space growing {
  input x: image[8, 8, 1]
  output x |> repeat choose depth 1..3 { conv(8, 3) } |> classifier(10)
}
moves of growing { lengthen depth }
