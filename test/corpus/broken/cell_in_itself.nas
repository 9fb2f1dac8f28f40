nas 1
// A cell decides once, so it cannot hold itself.

space nested(c = 8) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> normal(c, 2) |> classifier(10)
}
normal cell normal(x; c, depth) = x |> relu_conv(c, choose k {3, 5}) |> if depth > 0 then normal(c, depth - 1) else identity
