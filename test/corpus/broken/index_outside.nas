nas 1
// Three branches are numbered 0, 1 and 2.

space indices {
  input x: image[8, 8, 1]
  let hs = [x |> conv(8, k) for k in [1, 3, 5]]
  output hs[3] |> classifier(10)
}
