nas 1
// Each node chooses its width, and all are summed.

space many {
  input x: image[8, 8, 1]
  nodes n[4] = add([h |> conv(choose f {8, 16}, 3) for h in [x, ...n]])
  output last(n) |> classifier(10)
}
