nas 1

space loosened {
  input x: image[8, 8, 1]
  nodes n[2] = choose h from [x, ...n] |> relu
  output concat(loose(n)) |> classifier(10)
}
