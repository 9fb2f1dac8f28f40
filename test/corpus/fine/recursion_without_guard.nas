nas 1

space trees(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> tree(c, 3) |> classifier(10)
}

motif tree(x; c, depth) {
  let y = x |> relu_conv(c, 3)
  if depth == 0 then y else y |> choose { leaf: identity, node: tree(c, depth - 1) }
}
