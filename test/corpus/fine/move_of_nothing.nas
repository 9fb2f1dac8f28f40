nas 1

space growing {
  input x: image[8, 8, 1]
  output x |> conv(choose filters {8, 16}, 3) |> classifier(10)
}
moves of growing { widen filters }
