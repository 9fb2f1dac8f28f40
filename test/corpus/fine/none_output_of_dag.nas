nas 1

space dag(c = 4) {
  input x: image[8, 8, 3]
  output x |> conv(c, 3) |> cell_of(c) |> classifier(10)
  require connected
}

motif cell_of(x; c) {
  nodes n[3] = add(h |> edge(c) for h in [x, ...n])
  last(n)
}

motif edge(x; c) = x |> choose { none, skip: identity, conv_3: relu_conv(c, 3) }
