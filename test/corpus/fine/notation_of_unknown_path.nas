nas 1

space tiny {
  input x: image[8, 8, 1]
  output x |> conv(choose f {8, 16}, choose k {3, 5}) |> classifier(10)
}
notation short of tiny "{f}:{k}"
