nas 1

space many {
  input x: image[8, 8, 1]
  let f = choose {8, 16}
  nodes n[4] = add([h |> conv(f, 3) for h in [x, ...n]])
  output last(n) |> classifier(10)
}
