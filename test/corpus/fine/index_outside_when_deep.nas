nas 1

space indices {
  input x: image[8, 8, 1]
  let hs = [x |> conv(8, k) for k in [1, 3, 5]]
  let which = choose 1..3
  output hs[which - 1] |> classifier(10)
}
