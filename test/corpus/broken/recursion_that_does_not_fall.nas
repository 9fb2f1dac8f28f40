nas 1
// A tree whose depth stays the same.

space trees(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> tree(c, 3) |> classifier(10)
}

motif tree(x; c, depth) = x |> relu_conv(c, 3) |> choose { leaf: identity, node when depth > 1: tree(c, depth) }
