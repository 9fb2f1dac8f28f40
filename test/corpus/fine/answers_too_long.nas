nas 1

space stack {
  input x: image[8, 8, 1]
  nodes n[2] = last([x, ...n]) |> conv(choose {8, 16}, 3)
  output last(n) |> classifier(10)
}
architecture best of stack { n = [8, 16] }
